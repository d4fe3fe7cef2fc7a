-- The day whose digest first told of a reminder; none until one did.
ALTER TABLE reminders ADD COLUMN told TEXT CHECK (told ~ '^\d{4}-\d{2}-\d{2}$');
