using Chat.Data.Messages;
using Chat.Server.Errors;
using Chat.Server.Features.Media;

namespace Chat.Server.Features.Pictures;

/// <summary>Looks up a file that is to be a picture: an image that one may see, one's own or another's.</summary>
public sealed class PictureFinder(IMessageReferences references)
{
    /// <summary>Also keeps the file from the collector for long enough to use it.</summary>
    /// <param name="field">The field of the request that names the file.</param>
    /// <exception cref="ChatException"><c>not_found</c>; <c>invalid</c>: it is no image.</exception>
    public async Task HoldAsync(long userId, string field, long mediaId, CancellationToken cancellationToken)
    {
        var row = (await references.HoldMediaAsync(userId, [mediaId], cancellationToken)).SingleOrDefault() ?? throw ChatException.NotFound("this file");
        if (row.MediaType != MediaTypes.Image) throw ChatException.Invalid(field, $"must be an image; this file was uploaded as {row.MediaType}");
    }
}
