CREATE INDEX case_file_about ON case_file (kind, lines, state);
