-- articles_dated and articles_appeared replaced these (0011_kinds.sql), which each publish still wrote.
DROP INDEX articles_by_month;
DROP INDEX articles_by_appearance;
