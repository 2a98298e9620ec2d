using Microsoft.Extensions.FileProviders;

namespace Chat.Server.Hosting;

/// <summary>Section <c>Web</c>.</summary>
public sealed record WebOptions
{
    /// <summary>The folder of the built web client, relative to the content root.</summary>
    public string Root { get; init; } = "../Chat.Web/dist";
}

/// <summary>Serves the web client. A server without it works; its page then says what is missing.</summary>
internal static class WebClientSetup
{
    public static WebApplicationBuilder AddWebClient(this WebApplicationBuilder builder)
    {
        builder.AddOptions("Web", new WebOptions(), o => o.Root.Length > 0 ? null : ("Root", "must name a folder"));
        return builder;
    }

    public static WebApplication MapWebClient(this WebApplication app)
    {
        var root = Path.GetFullPath(app.Services.GetRequiredService<WebOptions>().Root, app.Environment.ContentRootPath);
        if (!File.Exists(Path.Combine(root, "index.html")))
        {
            app.MapGet("/", () => Results.Text(
                "The server runs. The page is not built: install Node.js, then run ./run again, or npm ci && npm run build in Chat.Web.\n"))
                .ExcludeFromDescription();
            return app;
        }

        var files = new PhysicalFileProvider(root);
        app.UseDefaultFiles(new DefaultFilesOptions { FileProvider = files });
        app.UseStaticFiles(new StaticFileOptions { FileProvider = files, OnPrepareResponse = context => Cache(context.Context) });
        return app;
    }

    /// <summary>Files under assets/ carry a hash of their content in the name; the page that names them must be asked for each time.</summary>
    private static void Cache(HttpContext context) =>
        context.Response.Headers.CacheControl = context.Request.Path.StartsWithSegments("/assets")
            ? "public, max-age=31536000, immutable"
            : "no-cache";
}
