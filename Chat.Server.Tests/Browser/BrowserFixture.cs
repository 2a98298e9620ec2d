using Chat.Data;
using Chat.Server.Tests.Support;
using Microsoft.Playwright;

namespace Chat.Server.Tests.Browser;

/// <summary>A server with the demo data and the built page, and a real Chromium. A failing test leaves screenshots beside the results.</summary>
public abstract class BrowserFixture
{
    private const string ChromiumVariable = "CHAT_CHROMIUM";

    private static readonly string[] Arguments =
    [
        "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    ];

    private readonly List<IBrowserContext> _windows = [];
    private TestDatabase? _database;
    private ChatServerFactory? _server;
    private IPlaywright? _playwright;
    private IBrowser? _browser;

    protected ChatServerFactory Server => _server!;

    protected TestDatabase Database => _database!;

    [SetUp]
    public async Task Open()
    {
        if (!File.Exists(Repository.PathOf("Chat.Web/dist/index.html")))
            throw new InvalidOperationException("The page is not built: run ./test, or npm ci && npm run build in Chat.Web.");
        var chromium = Environment.GetEnvironmentVariable(ChromiumVariable)
            ?? throw new InvalidOperationException($"{ChromiumVariable} is not set: run ./test, or name the browser's file in it.");

        _database = await TestDatabase.CreateAsync();
        await new DemoData(_database.Database).LoadIntoEmptyAsync(CancellationToken.None);
        _server = StartServer();
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new() { ExecutablePath = chromium, Args = Arguments });
    }

    [TearDown]
    public async Task Close()
    {
        if (TestContext.CurrentContext.Result.Outcome.Status is NUnit.Framework.Interfaces.TestStatus.Failed) await KeepScreenshotsAsync();
        _windows.Clear();
        if (_browser is not null) await _browser.DisposeAsync();
        _playwright?.Dispose();
        if (_server is not null) await _server.DisposeAsync();
        if (_database is not null) await _database.DisposeAsync();
    }

    /// <summary>Stops the server and starts it again on the same port, as an upgrade does.</summary>
    protected async Task RestartServerAsync()
    {
        var port = Server.Address.Port;
        await Server.DisposeAsync();
        _server = StartServer(port);
    }

    /// <summary>A window of its own, with nothing in common with the others, in which somebody of the demo data is logged in.</summary>
    protected async Task<IPage> LogInAsync(string login)
    {
        var window = await _browser!.NewContextAsync(new() { ViewportSize = new() { Width = 1100, Height = 720 } });
        _windows.Add(window);
        var page = await window.NewPageAsync();
        await page.GotoAsync(Server.Address.ToString());
        await page.GetByTestId("login-input").FillAsync(login);
        await page.GetByTestId("password-input").FillAsync("demo-demo-1");
        await page.GetByTestId("login-button").ClickAsync();
        await page.GetByTestId("chat-list").WaitForAsync();
        return page;
    }

    private ChatServerFactory StartServer(int port = 0)
    {
        var server = new ChatServerFactory(
            Database.ConnectionString,
            TestSettings.Unthrottled(new() { ["Web:Root"] = Repository.PathOf("Chat.Web/dist") }),
            port: port);
        _ = server.Address;
        return server;
    }

    private async Task KeepScreenshotsAsync()
    {
        for (var i = 0; i < _windows.Count; i++)
        {
            foreach (var page in _windows[i].Pages)
            {
                var path = Path.Combine(TestContext.CurrentContext.WorkDirectory, $"{TestContext.CurrentContext.Test.Name}-{i}.png");
                await page.ScreenshotAsync(new() { Path = path });
                TestContext.AddTestAttachment(path);
            }
        }
    }
}
