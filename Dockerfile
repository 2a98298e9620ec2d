# The server with the web client. Build: docker build -t chat .

FROM node:22-alpine AS web
WORKDIR /src/Chat.Web
ENV PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1
COPY Chat.Web/package.json Chat.Web/package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY Chat.Web .
RUN npm run build

FROM mcr.microsoft.com/dotnet/sdk:10.0 AS server
WORKDIR /src
# Project files first: packages are restored anew only when these change.
COPY global.json Directory.* .editorconfig ./
COPY Chat.Data/Chat.Data.csproj Chat.Data/
COPY Chat.Server/Chat.Server.csproj Chat.Server/
RUN dotnet restore Chat.Server
COPY sql sql
COPY Chat.Data Chat.Data
COPY Chat.Server Chat.Server
RUN dotnet publish Chat.Server --no-restore --configuration Release --output /app

FROM mcr.microsoft.com/dotnet/aspnet:10.0
WORKDIR /app
COPY --from=server /app .
COPY --from=web /src/Chat.Web/dist web
ENV ASPNETCORE_HTTP_PORTS=8080 \
    Web__Root=/app/web \
    Media__Folder=/media
# Uploaded files; a volume that all nodes share, or S3 (docs/operations.md).
RUN mkdir /media && chown $APP_UID /media
USER $APP_UID
EXPOSE 8080
# The image has no curl, but bash can speak enough HTTP.
HEALTHCHECK --interval=5s --timeout=3s --start-period=60s --start-interval=1s \
    CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/8080 && printf 'GET /health/ready HTTP/1.0\\r\\n\\r\\n' >&3 && read -r _ status _ <&3 && [[ $status == 200 ]]"]
ENTRYPOINT ["dotnet", "Chat.Server.dll"]
