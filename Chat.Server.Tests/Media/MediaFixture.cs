using System.Net.Http.Headers;
using System.Net.Http.Json;
using Chat.Server.Features.Media;
using Chat.Server.Tests.Support;

namespace Chat.Server.Tests.Media;

/// <summary>A server with a folder of its own for files, and calls to it.</summary>
public abstract class MediaFixture : ServerFixture
{
    private readonly TempFolder _folder = new();

    internal TempFolder Folder => _folder;

    protected HttpClient Http { get; private set; } = null!;

    protected override Dictionary<string, string> Settings => new()
    {
        ["Media:Folder"] = _folder.Path,
        ["Media:MaxImageBytes"] = "200000",
        ["Media:MaxThumbnailBytes"] = "2000",
        ["Media:UploadsPerMinutePerUser"] = "1000000",
        ["Media:MaxUploadsPerUser"] = "100",
    };

    [OneTimeSetUp]
    public void MakeClient() => Http = Server.Http();

    [OneTimeTearDown]
    public void Clean()
    {
        Http.Dispose();
        _folder.Dispose();
    }

    protected async Task<MediaView> UploadAsync(TestClient owner, byte[] bytes, string query = "type=image")
    {
        using var response = await PostAsync(owner, new ByteArrayContent(bytes), query);
        Assert.That((int)response.StatusCode, Is.EqualTo(201), await response.Content.ReadAsStringAsync());
        return (await response.Content.ReadFromJsonAsync<MediaView>())!;
    }

    protected Task<HttpResponseMessage> PostAsync(TestClient owner, HttpContent body, string query = "type=image") =>
        SendAsync(owner, HttpMethod.Post, $"/api/media?{query}", body);

    protected Task<HttpResponseMessage> PutThumbnailAsync(TestClient caller, long mediaId, byte[] bytes) =>
        SendAsync(caller, HttpMethod.Put, $"/api/media/{mediaId}/thumbnail", new ByteArrayContent(bytes));

    protected Task<HttpResponseMessage> GetAsync(TestClient? caller, string path, string? range = null, string? ifNoneMatch = null) =>
        SendAsync(caller, HttpMethod.Get, path, range: range, ifNoneMatch: ifNoneMatch);

    protected async Task<MediaUrl> UrlAsync(TestClient caller, long mediaId)
    {
        using var response = await GetAsync(caller, $"/api/media/urls?ids={mediaId}");
        return (await response.Content.ReadFromJsonAsync<MediaUrls>())!.Urls.Single();
    }

    /// <summary>A message of a chat that holds a file, as a send writes it.</summary>
    protected async Task<long> HoldAsync(TestClient sender, long chatId, long mediaId)
    {
        var sent = await sender.SendAsync(chatId, "with a file");
        await Database.ExecuteAsync(
            "INSERT INTO message_media (chat_id, message_id, media_id) VALUES (@chatId, @MessageId, @mediaId)", new { chatId, sent.MessageId, mediaId });
        return sent.MessageId;
    }

    private async Task<HttpResponseMessage> SendAsync(
        TestClient? caller, HttpMethod method, string path, HttpContent? body = null, string? range = null, string? ifNoneMatch = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body };
        if (caller is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", caller.Account.AccessToken);
        if (range is not null) request.Headers.TryAddWithoutValidation("Range", range);
        if (ifNoneMatch is not null) request.Headers.TryAddWithoutValidation("If-None-Match", ifNoneMatch);
        return await Http.SendAsync(request);
    }
}
