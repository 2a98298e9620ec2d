using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Chat.Server.Errors;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.WebUtilities;

namespace Chat.Server.Features.Media;

/// <summary>
/// Signed addresses: who asked, for which media and part, until when, by which invite, encrypted and authenticated with the key ring that all nodes share.
/// The framework checks the signature in constant time. A link proves who asked, no more: whether that person may still see the file is
/// looked up at every use.
/// </summary>
internal sealed class MediaLinks(IDataProtectionProvider protection, MediaOptions options, TimeProvider time)
{
    /// <summary>Ours are shorter.</summary>
    private const int MaxTokenLength = 400;

    private readonly IDataProtector _protector = protection.CreateProtector("Chat.Media.Link.v1");

    /// <summary>When a link ends that is made now.</summary>
    public DateTime Expiry => time.GetUtcNow().UtcDateTime + options.UrlLifetime;

    public string Make(MediaReader reader, long mediaId, MediaPart part, DateTime expiry)
    {
        var invite = reader.InviteHash is null ? "" : Convert.ToHexString(reader.InviteHash);
        var text = string.Create(CultureInfo.InvariantCulture, $"{reader.UserId}.{mediaId}.{part}.{expiry.Ticks}.{invite}");
        var token = WebEncoders.Base64UrlEncode(_protector.Protect(Encoding.ASCII.GetBytes(text)));
        var path = part is MediaPart.Thumbnail ? "/thumbnail" : "";
        return string.Create(CultureInfo.InvariantCulture, $"/media/{mediaId}{path}?token={token}");
    }

    /// <returns>For whom the link was made.</returns>
    /// <exception cref="ChatException"><c>unauthenticated</c>: it is none of ours, for another file, or has ended.</exception>
    public MediaReader Open(string? token, long mediaId, MediaPart part)
    {
        if (token is { Length: > 0 and <= MaxTokenLength } && Read(token) is [var user, var media, var ofPart, var ticks, var invite]
            && media == mediaId.ToString(CultureInfo.InvariantCulture) && ofPart == part.ToString()
            && long.Parse(ticks, CultureInfo.InvariantCulture) > time.GetUtcNow().UtcDateTime.Ticks)
            return new MediaReader(long.Parse(user, CultureInfo.InvariantCulture), invite.Length > 0 ? Convert.FromHexString(invite) : null);
        throw ChatException.Unauthenticated("this address has ended; ask for a new one");
    }

    private string[]? Read(string token)
    {
        try
        {
            return Encoding.ASCII.GetString(_protector.Unprotect(WebEncoders.Base64UrlDecode(token))).Split('.');
        }
        catch (Exception exception) when (exception is CryptographicException or FormatException)
        {
            return null;
        }
    }
}

/// <summary>Who wants a file.</summary>
/// <param name="InviteHash">Of the code of an invite that shows it, see <see cref="Invites.InviteCodes"/>; null for none.</param>
internal sealed record MediaReader(long UserId, byte[]? InviteHash = null);
