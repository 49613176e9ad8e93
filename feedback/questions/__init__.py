"""Questions: asked, classified, waiting in the queue, answered by trainers and neighbours."""
