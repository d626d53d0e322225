"""The one place where workflow ids are made."""


def close_id(entity: str, period: str, number: int = 1) -> str:
    """The id of the close of an entity's period; of one that is opened again with its number."""
    return f"close/{entity}/{period}{_again(number)}"


def posting_id(entity: str, period: str, number: int = 1) -> str:
    """The id of the posting of a close's journals, a child of the close."""
    return f"post/{entity}/{period}{_again(number)}"


def _again(number: int) -> str:
    return f"/{number}" if number > 1 else ""


def group_close_id(group: str, period: str) -> str:
    """The id of the group's close of a period."""
    return f"group-close/{group}/{period}"
