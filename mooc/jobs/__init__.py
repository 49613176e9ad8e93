"""Work somebody waits for: the row is the job. Taken by one worker, with signs of life, ended once, cancelled at will."""
