-- Which objects have parts under a marking of their own stands beside who refers
-- to whom: all are read again.
DELETE FROM watermark WHERE name = 'refs';
