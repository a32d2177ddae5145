"""Door: number, day, month, count, listed, plain_markdown."""
