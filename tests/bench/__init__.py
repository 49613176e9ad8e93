"""``make bench``: hot pages against a bare Django view in the same run, and heavy work.

One worker process on one core, compression on; the load comes from the other core. Pages and the
bare view are measured in turn, several rounds, and the ratio of the medians is what counts:
absolute times on shared machines are noise.
"""
