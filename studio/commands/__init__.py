"""What each command of the CLI does. Imported one at a time, when asked for, so that help is instant."""
