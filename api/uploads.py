"""Files that people send: read within a limit, whole in memory, never kept on disk."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass, field

from fastapi import Request
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from api.errors import BadInputError

AROUND_BYTES_MAX = 10_000
"""What a form writes around its files."""
FIELDS_MAX = 4


@dataclass(frozen=True, slots=True)
class Sent:
    """A form as it was sent: its files by their field, only those that were chosen, and its texts."""

    files: dict[str, bytes] = field(default_factory=dict)
    fields: dict[str, str] = field(default_factory=dict)


async def limited(request: Request, limit: int, around: int = 0) -> AsyncGenerator[bytes, None]:
    """The body as it comes, as long as it is within the limit. Raises BadInputError."""
    size = 0
    async for part in request.stream():
        size += len(part)
        if size > limit + around:
            raise BadInputError(f"The file is above {limit:,} bytes.")
        yield part


async def form_of(request: Request, files_max: int, limit: int) -> Sent:
    """The form; nothing where nothing was sent. `limit` is that of all its bytes together.

    Raises BadInputError.
    """
    if not request.headers.get("Content-Type", "").startswith("multipart/form-data"):
        async for part in limited(request, limit):
            if part:
                raise BadInputError("Send files as the parts of a form: multipart/form-data.")
        return Sent()
    body = limited(request, limit, AROUND_BYTES_MAX)
    parser = MultiPartParser(request.headers, body, max_files=files_max, max_fields=FIELDS_MAX)
    try:
        form = await parser.parse()
    except (MultiPartException, KeyError) as error:
        raise BadInputError("The form came in pieces that don't fit. Send it again.") from error
    try:
        sent = Sent()
        for name, value in form.multi_items():
            if isinstance(value, UploadFile):
                if value.filename:
                    sent.files[name] = await value.read()
            else:
                sent.fields[name] = value
        return sent
    finally:
        await form.close()
