"""Bodies that several routes of the JSON API share."""

from pydantic import BaseModel, Field


class NonceBody(BaseModel):
    """A nonce: the same one again is the same request, done once."""

    nonce: str = Field(min_length=8, max_length=64)


class Done(BaseModel):
    """It counted."""

    accepted: bool = True
