# One image for web and worker; the command says which. Built from the lock file with all extras, run
# by nobody special. Data is in /data.
FROM python:3.11-slim AS build
WORKDIR /src
COPY requirements-all.lock pyproject.toml README.md LICENSE NOTICE ./
RUN python -m venv /opt/counterfoil \
 && /opt/counterfoil/bin/pip install --no-cache-dir --require-hashes --no-deps -r requirements-all.lock
COPY src ./src
RUN /opt/counterfoil/bin/pip install --no-cache-dir --no-deps --no-build-isolation .

FROM python:3.11-slim
# pg_dump, for `counterfoil backup`; a later version than the server's is fine, an earlier is not.
RUN apt-get update \
 && apt-get install -y --no-install-recommends postgresql-client \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --uid 10001 --home-dir /data counterfoil \
 && install -d -o counterfoil -g counterfoil -m 700 /data
COPY --from=build /opt/counterfoil /opt/counterfoil
COPY deploy/gunicorn.conf.py /etc/counterfoil/gunicorn.conf.py
ENV PATH=/opt/counterfoil/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    COUNTERFOIL_DATA_DIR=/data \
    COUNTERFOIL_LOG_FORMAT=json
USER 10001
VOLUME /data
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s \
  CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
CMD ["counterfoil", "serve", "--host", "0.0.0.0", "--port", "8000"]
