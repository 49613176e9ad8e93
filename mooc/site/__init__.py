"""The roof: addresses, the API, home, health and error pages, the timetable. Only it looks down into every app."""
