"""What a caller got wrong, or what the model could not do, as the reply says it."""


class BadRequest(ValueError):
    """Says how to mend it: code, message, row (from 1) and column where they are known."""

    def __init__(
        self,
        code: str,
        message: str,
        row: int | None = None,
        column: str | None = None,
        status: int = 400,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.status = status
        where = {"row": row, "column": column}
        known = {key: value for key, value in where.items() if value is not None}
        self.body = {"error": {"code": code, "message": message, **known}}
