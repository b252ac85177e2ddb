"""Why a case stands where it stands: told from the same declarations and rules that decide."""
