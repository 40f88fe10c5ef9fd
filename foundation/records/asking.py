"""A command that takes something away asks the person at the console first."""

from django.core.management.base import BaseCommand, CommandError, CommandParser

YES = ("はい", "y", "yes")


def add_yes(parser: CommandParser) -> None:
    """The option `--yes` of such a command."""
    parser.add_argument("--yes", action="store_true", help="確認を求めずに実行する")


def ask(command: BaseCommand, question: str, otherwise: str) -> None:
    """Go on only after はい; else CommandError with what has not been done (`otherwise`)."""
    command.stdout.write(f"{question}（はい／いいえ）：", ending="")
    command.stdout.flush()
    try:
        answer = input().strip().lower()
    except EOFError:
        raise CommandError(
            f"{otherwise}確認に答えられない所では --yes を付けてください。"
        ) from None
    if answer not in YES:
        raise CommandError(otherwise)
