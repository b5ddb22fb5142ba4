"""Mail (RFC 5322, MIME): where tokens can stand in a message, and the message with other texts in those places."""

from gateway.core.mail.letter import Letter, letter_with, read_letter

__all__ = ["Letter", "letter_with", "read_letter"]
