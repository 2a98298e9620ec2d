using System.Net.Http.Json;
using System.Text.Json;

namespace Chat.Server.Tests.Accounts;

/// <summary>An HTTP answer, read whole.</summary>
internal sealed record Answer(int Status, JsonElement Body, HttpResponseMessage Response)
{
    public string? Code => Text("code");

    public string? Field => Text("field");

    public string AccessToken => Text("accessToken")!;

    public string RefreshToken => Text("refreshToken")!;

    public long SessionId => Body.GetProperty("sessionId").GetInt64();

    public long UserId => Body.GetProperty("user").GetProperty("userId").GetInt64();

    public string? Text(string name) =>
        Body.ValueKind == JsonValueKind.Object && Body.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;

    public override string ToString() => $"{Status} {(Body.ValueKind == JsonValueKind.Undefined ? "(empty)" : Body.GetRawText())}";
}

/// <summary>Short ways to call the HTTP side.</summary>
internal static class HttpCalls
{
    public const string Password = "correct horse battery";

    public static Task<Answer> PostAsync(this HttpClient http, string path, object? body = null, string? token = null) =>
        http.CallAsync(HttpMethod.Post, path, body is null ? null : JsonContent.Create(body), token);

    public static Task<Answer> PatchAsync(this HttpClient http, string path, string json, string? token) =>
        http.CallAsync(HttpMethod.Patch, path, Json(json), token);

    public static Task<Answer> GetAsync(this HttpClient http, string path, string? token) => http.CallAsync(HttpMethod.Get, path, null, token);

    public static Task<Answer> DeleteAsync(this HttpClient http, string path, string? token) => http.CallAsync(HttpMethod.Delete, path, null, token);

    public static Task<Answer> RegisterAsync(this HttpClient http, string phoneNumber, string? username = null, string name = "Ada") =>
        http.PostAsync("/api/auth/register", new { name, phoneNumber, password = Password, username });

    public static Task<Answer> LogInAsync(this HttpClient http, string login, string password = Password, string? deviceName = null) =>
        http.PostAsync("/api/auth/login", new { login, password, deviceName });

    public static Task<Answer> RefreshAsync(this HttpClient http, string refreshToken) => http.PostAsync("/api/auth/refresh", new { refreshToken });

    public static StringContent Json(string json) => new(json, System.Text.Encoding.UTF8, "application/json");

    public static async Task<Answer> CallAsync(this HttpClient http, HttpMethod method, string path, HttpContent? content, string? token)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        if (token is not null)
            request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {token}");
        var response = await http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        return new Answer((int)response.StatusCode, text.Length == 0 ? default : JsonDocument.Parse(text).RootElement, response);
    }
}
