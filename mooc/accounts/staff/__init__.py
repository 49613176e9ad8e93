"""Who works here: roles, the register of deeds, the desk's own forms and doors."""
