"""What a rule may say, and how packs of rules are read, checked, compiled, indexed and digested."""
