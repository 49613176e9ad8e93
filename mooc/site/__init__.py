"""The roof: addresses, the API, home, health and error pages, and what is done when. The only place that looks down into every app."""
