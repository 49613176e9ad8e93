"""The trainers' forms of courses, one file a form. ``courses.admin`` brings them to the desk."""
