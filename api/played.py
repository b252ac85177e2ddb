"""An exercise whose story is played: how fast, and by which calendar; never a real report."""

from typing import Annotated

from pydantic import BaseModel, Field, Json

from api.answers import Answer
from domain.policy import Policy
from domain.policy_settings import PolicyError
from domain.report import Report
from domain.story_time import EVEN, StoryTime
from domain.value import Instant

PLAYED = "played"
"""State of a played exercise in the inbox until it has started."""


class Played(BaseModel):
    """How an exercise is played; all of it or nothing.

    Attributes:
        speed: How many minutes of the story pass in one.
        began_at: When the story is begun, as time really passes.
        tells_of: The instant at which it begins, as the story tells it.
        settings: Settings of the policy that differ, as the story has them; a JSON object.
    """

    speed: Annotated[int | None, Field(ge=1, le=EVEN)] = None
    began_at: Instant | None = None
    tells_of: Instant | None = None
    settings: Json[dict[str, float]] = {}

    @property
    def is_set(self) -> bool:
        """Tell whether anything was said about a story."""
        return bool(self.model_fields_set)

    def policy_for(self, report: Report, policy: Policy) -> Policy:
        """Return the policy that the case of ``report`` begins with.

        Raises:
            Answer: The report is no exercise (``not-an-exercise``), or that is no way to play one.
        """
        if not self.is_set:
            return policy
        if not report.exercise:
            words = (
                "Only an exercise is played: this report is real. Mark it as one, or open it so."
            )
            raise Answer("refused", "not-an-exercise", words)
        if self.speed is None or self.began_at is None or self.tells_of is None:
            words = "A story is played with speed, began_at and tells_of."
            raise Answer("refused", "invalid-input", words)
        story = StoryTime(began_at=self.began_at, tells_of=self.tells_of, speed=self.speed)
        try:
            changed = policy.with_settings(self.settings) if self.settings else policy
            return changed.in_story(story)
        except PolicyError as error:
            fields = [{"field": key, "message": words} for key, words in error.problems]
            told = f"The exercise cannot be played so: {error}."
            raise Answer("refused", "invalid-input", told, fields=fields) from error
