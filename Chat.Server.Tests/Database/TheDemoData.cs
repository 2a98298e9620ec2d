using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Chat.Data;
using Chat.Server.Tests.Support;

namespace Chat.Server.Tests.Database;

[TestFixture]
public sealed class TheDemoData
{
    [Test]
    public async Task It_loads_into_an_empty_database_once_and_its_people_can_log_in()
    {
        await using var database = await TestDatabase.CreateAsync();
        var demo = new DemoData(database.Database);

        Assert.That(await demo.LoadIntoEmptyAsync(CancellationToken.None), Is.True);
        Assert.That(await demo.LoadIntoEmptyAsync(CancellationToken.None), Is.False);

        await using var server = new ChatServerFactory(database.ConnectionString);
        using var http = server.Http();
        using var answer = await http.PostAsJsonAsync("/api/auth/login", new { login = "+11234567890", password = "demo-demo-1" });
        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        var body = await answer.Content.ReadFromJsonAsync<JsonElement>();
        Assert.That(body.GetProperty("user").GetProperty("name").GetString(), Is.EqualTo("John Doe"));
    }

    /// <summary>The numbers that tell where a chat stands agree with its rows.</summary>
    [Test]
    public async Task Its_heads_and_marks_agree_with_its_messages()
    {
        await using var database = await TestDatabase.CreateAsync();
        await new DemoData(database.Database).LoadIntoEmptyAsync(CancellationToken.None);

        var wrongHeads = await database.ListAsync<long>("""
            SELECT c.chat_id FROM chats c JOIN messages m ON m.chat_id = c.chat_id
            GROUP BY c.chat_id, c.last_message_id, c.last_message_at
            HAVING c.last_message_id <> COUNT(*) OR c.last_message_id <> MAX(m.message_id) OR c.last_message_at <> MAX(m.sent_at)
            """);
        var wrongMarks = await database.ListAsync<long>("""
            SELECT p.chat_id FROM chat_participants p JOIN chats c ON c.chat_id = p.chat_id
            WHERE p.delivered_up_to > c.last_message_id OR p.read_up_to > p.delivered_up_to
            """);
        var unknownSenders = await database.ListAsync<long>("""
            SELECT m.chat_id FROM messages m
            LEFT JOIN chat_participants p ON p.chat_id = m.chat_id AND p.user_id = m.sender_id
            WHERE p.user_id IS NULL
            """);
        Assert.Multiple(() =>
        {
            Assert.That(wrongHeads, Is.Empty);
            Assert.That(wrongMarks, Is.Empty);
            Assert.That(unknownSenders, Is.Empty);
        });
    }
}
