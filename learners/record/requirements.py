"""What finishing a module asks for, and whether it can be given."""

from __future__ import annotations

from mooc.lib import registry


def quiz_can_be_sat(module_id: int, *, fresh: bool = False) -> bool:
    """Whether the module's quiz has a question to ask: no query while the content stands.

    A quiz that cannot be sat is asked of nobody: completion does not wait for it, and no button leads there.

    :param fresh: ask the database, for what is written down.
    """
    return any(module_id in modules(fresh) for _name, modules in registry.quiz_open)
