using System.Text.RegularExpressions;
using Chat.Server.Tests.Support;
using Microsoft.Playwright;

namespace Chat.Server.Tests.Browser;

/// <summary>What a newcomer does first: two windows, two people.</summary>
[TestFixture]
public sealed partial class TwoWindows : BrowserFixture
{
    private const long JohnAndJane = 2;

    [Test]
    public async Task Two_people_talk_and_the_ticks_change()
    {
        var john = await LogInAsync("john");
        var jane = await LogInAsync("jane");
        await OpenAsync(john, JohnAndJane);

        await WriteAsync(john, "Shall we meet at eight? 👋");
        await Expect(Own(john, "Shall we meet at eight?")).ToHaveAttributeAsync("data-status", "delivered");
        await Expect(jane.Locator($"[data-chat-id='{JohnAndJane}'] [data-testid='unread-badge']")).ToHaveTextAsync("2");

        await OpenAsync(jane, JohnAndJane);
        await Expect(jane.GetByTestId("conversation")).ToContainTextAsync("Shall we meet at eight? 👋");
        await Expect(Own(john, "Shall we meet at eight?")).ToHaveAttributeAsync("data-status", "read");

        await WriteAsync(jane, "Eight is fine.");
        await Expect(john.GetByTestId("conversation")).ToContainTextAsync("Eight is fine.");
        await Expect(Own(jane, "Eight is fine.")).ToHaveAttributeAsync("data-status", Seen());
    }

    [Test]
    public async Task What_is_written_offline_goes_out_once_and_in_order()
    {
        var john = await LogInAsync("john");
        var jane = await LogInAsync("jane");
        await OpenAsync(john, JohnAndJane);
        await OpenAsync(jane, JohnAndJane);

        await john.Context.SetOfflineAsync(true);
        await Expect(john.GetByTestId("connection-state")).ToContainTextAsync("You are offline");
        await WriteAsync(john, "offline one");
        await WriteAsync(john, "offline two");
        await Expect(Own(john, "offline two")).ToHaveAttributeAsync("data-status", "pending");
        await WriteAsync(jane, "written while John was away");

        await john.Context.SetOfflineAsync(false);
        await Expect(Own(john, "offline one")).ToHaveAttributeAsync("data-status", Seen());
        await Expect(Own(john, "offline two")).ToHaveAttributeAsync("data-status", Seen());
        await Expect(john.GetByTestId("conversation")).ToContainTextAsync("written while John was away");
        await Expect(jane.GetByTestId("conversation")).ToContainTextAsync("offline two");

        var stored = await Database.ListAsync<string>("""
            SELECT message_text FROM messages WHERE chat_id = 2 AND message_text LIKE 'offline %' ORDER BY message_id
            """);
        Assert.That(stored, Is.EqualTo(new[] { "offline one", "offline two" }));
    }

    [Test]
    public async Task A_restart_of_the_server_costs_nothing_but_a_moment()
    {
        var john = await LogInAsync("john");
        var jane = await LogInAsync("jane");
        await OpenAsync(john, JohnAndJane);
        await OpenAsync(jane, JohnAndJane);
        await WriteAsync(john, "before the restart");
        await Expect(jane.GetByTestId("conversation")).ToContainTextAsync("before the restart");

        await RestartServerAsync();
        await WriteAsync(john, "after the restart");

        await Expect(Own(john, "after the restart")).ToHaveAttributeAsync("data-status", Seen());
        await Expect(jane.GetByTestId("conversation")).ToContainTextAsync("after the restart");
        await Expect(Own(john, "after the restart")).ToHaveCountAsync(1);
    }

    [Test]
    public async Task A_pending_message_survives_a_reload_of_the_page()
    {
        var john = await LogInAsync("john");
        await OpenAsync(john, JohnAndJane);
        await john.Context.SetOfflineAsync(true);
        await WriteAsync(john, "written before the reload");
        await Expect(Own(john, "written before the reload")).ToHaveAttributeAsync("data-status", "pending");

        await john.Context.SetOfflineAsync(false);
        await john.ReloadAsync();

        await Expect(Own(john, "written before the reload")).ToHaveAttributeAsync("data-status", Seen());
        var stored = await Database.ScalarAsync<long>("SELECT COUNT(*) FROM messages WHERE message_text = 'written before the reload'");
        Assert.That(stored, Is.EqualTo(1));
    }

    private static async Task OpenAsync(IPage page, long chatId)
    {
        await page.Locator($"[data-testid='chat-item'][data-chat-id='{chatId}']").ClickAsync();
        await page.GetByTestId("conversation").WaitForAsync();
    }

    private static async Task WriteAsync(IPage page, string text)
    {
        await page.GetByTestId("composer-input").FillAsync(text);
        await page.GetByTestId("composer-input").PressAsync("Enter");
    }

    private static ILocator Own(IPage page, string text) =>
        page.Locator("[data-testid='message'][data-status]").Filter(new() { HasText = text });

    private static ILocatorAssertions Expect(ILocator locator) => Assertions.Expect(locator);

    /// <summary>The other window is open: how far its receipts have got by now is not this test's matter.</summary>
    [GeneratedRegex("^(sent|delivered|read)$")]
    private static partial Regex Seen();
}
