"""The one place where workflow ids are made."""


def close_id(entity: str, period: str) -> str:
    """The id of the close of an entity's period."""
    return f"close/{entity}/{period}"


def posting_id(entity: str, period: str) -> str:
    """The id of the posting of a close's journals, a child of the close."""
    return f"post/{entity}/{period}"


def group_close_id(group: str, period: str) -> str:
    """The id of the group's close of a period."""
    return f"group-close/{group}/{period}"
