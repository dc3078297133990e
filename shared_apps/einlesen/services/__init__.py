"""What is done with a list: prepared by one person, released by another, carried out and taken back by a job."""
