# The web process for a team's server; docker-compose.yml adds PostgreSQL.
FROM python:3.11-slim

ENV PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    PIP_NO_CACHE_DIR=1 \
    PIP_DISABLE_PIP_VERSION_CHECK=1 \
    NEWSDESK_VAR=/srv/var

RUN useradd --system --uid 10001 --home-dir /srv/newsdesk --no-create-home newsdesk \
    && install -d -o newsdesk -g newsdesk -m 0700 /srv/var \
    && install -d /srv/newsdesk

WORKDIR /srv/newsdesk
COPY requirements.txt .
RUN pip install --require-hashes -r requirements.txt
COPY . .

USER newsdesk
VOLUME /srv/var
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=60s --retries=3 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/livez', timeout=2)"]
CMD ["python", "manage.py", "serve", "--host", "0.0.0.0", "--port", "8000", "--no-demo"]
