CREATE TABLE entries (
	seq    INTEGER PRIMARY KEY,
	header BLOB NOT NULL,
	salt   BLOB,
	body   BLOB
) STRICT;
CREATE TABLE head (
	one        INTEGER PRIMARY KEY CHECK (one = 1),
	size       INTEGER NOT NULL,
	root       TEXT NOT NULL,
	checkpoint TEXT NOT NULL
) STRICT;
INSERT INTO head (one, size, root, checkpoint) VALUES (1, 0, '', '');
