# One image for migrations, worker and page and, to try it out, for the sandbox ledgers. It runs as user 10001.
FROM python:3.11-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PYTHONDONTWRITEBYTECODE=1
RUN python -m venv /opt/tieout
COPY deploy/requirements.lock ./
RUN /opt/tieout/bin/pip install --require-hashes --no-deps --requirement requirements.lock
WORKDIR /srv/tieout
COPY . .
RUN /opt/tieout/bin/pip install --no-deps --no-build-isolation --editable .

FROM python:3.11-slim
RUN useradd --uid 10001 --create-home --shell /usr/sbin/nologin tieout \
    && install --directory --owner 10001 --mode 0700 /var/lib/sandbox
ENV PATH=/opt/tieout/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
COPY --from=build /opt/tieout /opt/tieout
COPY --from=build /srv/tieout /srv/tieout
WORKDIR /srv/tieout
USER 10001
EXPOSE 8000
CMD ["tieout", "api"]
