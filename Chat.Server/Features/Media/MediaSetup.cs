using Chat.Data.Jobs;
using Chat.Data.Media;
using Chat.Server.Features.Media.Storage;
using Chat.Server.Hosting;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.Options;

namespace Chat.Server.Features.Media;

/// <summary>Uploads and downloads.</summary>
internal static class MediaSetup
{
    public static WebApplicationBuilder AddMedia(this WebApplicationBuilder builder)
    {
        var options = builder.AddOptions("Media", new MediaOptions(), MediaOptions.FindFault);
        var s3 = builder.AddOptions("S3", new S3Options(), S3Options.FindFault);
        var folder = Path.GetFullPath(options.Folder, builder.Environment.ContentRootPath);

        var services = builder.Services;
        if (s3.Bucket.Length > 0) services.AddSingleton<IMediaStore>(_ => new S3MediaStore(s3));
        else services.AddSingleton<IMediaStore>(_ => new DiskMediaStore(folder));
        services.AddSingleton(_ => new IncomingFolder(
            options.IncomingFolder.Length > 0 ? Path.GetFullPath(options.IncomingFolder, builder.Environment.ContentRootPath)
            : s3.Bucket.Length > 0 ? Path.Combine(Path.GetTempPath(), "chat-incoming")
            : Path.Combine(folder, "incoming")));
        services.AddSingleton<MediaRepository>();
        services.AddSingleton<MediaBlobRepository>();
        services.AddSingleton<MediaCollectorRepository>();
        services.AddSingleton<JobLeaseRepository>();
        services.AddSingleton<UploadSlots>();
        services.AddSingleton<UploadService>();
        services.AddSingleton<MediaLinks>();
        services.AddSingleton<MediaService>();
        services.AddSingleton<MediaCollector>();
        services.AddHostedService(s => s.GetRequiredService<MediaCollector>());
        services.AddSingleton<IConfigureOptions<RateLimiterOptions>, MediaRateLimits>();
        return builder;
    }
}
