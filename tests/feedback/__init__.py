"""Tests of what learners say."""
