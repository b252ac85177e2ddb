"""GOV.UK Notify: emails and texts with receipts."""
