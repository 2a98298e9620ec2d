using System.Globalization;
using Chat.Server.Features.Accounts;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.Options;

namespace Chat.Server.Features.Media;

/// <summary>How often one caller may begin to upload and download, counted on each node. How much one may upload is <see cref="UploadService"/>'s.</summary>
internal sealed class MediaRateLimits(MediaOptions media) : IConfigureOptions<RateLimiterOptions>
{
    /// <summary>By user.</summary>
    public const string UploadPolicy = "upload";

    /// <summary>By user; by address where only a signed address tells who it is.</summary>
    public const string DownloadPolicy = "download";

    public void Configure(RateLimiterOptions options)
    {
        options.AddPolicy(UploadPolicy, context => AccountRateLimits.Bucket(User(context), media.UploadsPerMinutePerUser));
        options.AddPolicy(DownloadPolicy, context => AccountRateLimits.Bucket(
            context.User.Identity?.IsAuthenticated == true ? User(context) : ClientAddress.Of(context), media.DownloadsPerMinute));
    }

    private static string User(HttpContext context) => context.User.UserId().ToString(CultureInfo.InvariantCulture);
}
