"""What stands in each menu: actions in order, one file a menu."""
