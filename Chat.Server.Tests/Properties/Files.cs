using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using Chat.Server.Features.Media;
using Chat.Server.Tests.Media;

namespace Chat.Server.Tests.Properties;

/// <summary>Files over HTTP. There are few different ones, so that the same bytes are stored by several people, and again after they were gone.</summary>
internal sealed class Files(IReadOnlyList<Uri> nodes)
{
    private static readonly HttpClient Http = new();

    private static readonly (string Type, byte[] Bytes)[] Contents =
    [
        ("image", Samples.Png(300, 1)), ("image", Samples.Png(300, 2)), ("image", Samples.Jpeg(300, 3)),
        ("document", Samples.Text("one document")), ("document", Samples.Text("another document")),
    ];

    private readonly ConcurrentDictionary<long, byte[]> _uploaded = [];
    private int _calls;

    /// <summary>Which content, of any kind.</summary>
    public static int Any(int target) => target % Contents.Length;

    /// <summary>Which content, of an image.</summary>
    public static int Image(int target) => target % 3;

    public byte[] BytesOf(long mediaId) => _uploaded[mediaId];

    public async Task<long> UploadAsync(Person owner, int which)
    {
        var (type, bytes) = Contents[which];
        using var response = await CallAsync(owner, HttpMethod.Post, $"/api/media?type={type}&fileName=file-{which}", new ByteArrayContent(bytes));
        var media = (await response.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<MediaView>())!;
        _uploaded[media.MediaId] = bytes;
        owner.Uploads.Enqueue(media.MediaId);
        return media.MediaId;
    }

    /// <summary>Takes the address of one of the files that there are, if this person may have it; it is tried at the end.</summary>
    public async Task<string?> AskAddressAsync(Person person, int target)
    {
        var known = _uploaded.Keys.Order().ToList();
        if (known.Count == 0) return null;
        foreach (var url in await ListAddressesAsync(person, [known[target * 7 % known.Count]])) person.FileAddresses[url.MediaId] = url.Url;
        return "asked for an address";
    }

    /// <returns>Those that this person may have.</returns>
    public async Task<IReadOnlyList<MediaUrl>> ListAddressesAsync(Person person, IReadOnlyCollection<long> mediaIds)
    {
        if (mediaIds.Count == 0) return [];
        using var response = await CallAsync(person, HttpMethod.Get, $"/api/media/urls?ids={string.Join(',', mediaIds)}");
        return (await response.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<MediaUrls>())!.Urls;
    }

    /// <summary>With the person's token.</summary>
    public async Task<byte[]?> DownloadAsync(Person person, long mediaId)
    {
        using var response = await CallAsync(person, HttpMethod.Get, $"/api/media/{mediaId}");
        return await BytesAsync(response);
    }

    /// <summary>By a signed address.</summary>
    public async Task<byte[]?> DownloadAsync(string address)
    {
        using var response = await CallAsync(null, HttpMethod.Get, address);
        return await BytesAsync(response);
    }

    public async Task<string> SetProfileAsync(Person person, object profile)
    {
        using var response = await CallAsync(person, HttpMethod.Patch, "/api/me", JsonContent.Create(profile));
        return $"{response.EnsureSuccessStatusCode().StatusCode}";
    }

    private static async Task<byte[]?> BytesAsync(HttpResponseMessage response) => response.StatusCode is HttpStatusCode.NotFound
        ? null : await response.EnsureSuccessStatusCode().Content.ReadAsByteArrayAsync();

    private async Task<HttpResponseMessage> CallAsync(Person? caller, HttpMethod method, string path, HttpContent? body = null)
    {
        var node = nodes[(Interlocked.Increment(ref _calls) & int.MaxValue) % nodes.Count];
        using var request = new HttpRequestMessage(method, new Uri(node, path)) { Content = body };
        if (caller is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", caller.Account.AccessToken);
        return await Http.SendAsync(request);
    }
}
