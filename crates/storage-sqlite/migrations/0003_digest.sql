-- The day whose digest first told of a reminder; none until one did.
ALTER TABLE reminders ADD COLUMN told TEXT CHECK (told IS NULL OR length(told) = 10);
