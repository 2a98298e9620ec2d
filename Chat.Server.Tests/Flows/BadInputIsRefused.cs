using System.Text.Json.Nodes;
using Chat.Server.Hubs;
using Chat.Server.Tests.Support;

namespace Chat.Server.Tests.Flows;

/// <summary>
/// Whatever is wrong with a call, its caller hears an error of the contract, keeps the connection, and nothing is written.
/// Over the whole hub, by reflection, on a socket that sends any bytes.
/// </summary>
[TestFixture]
public sealed class BadInputIsRefused : ServerFixture
{
    private TestClient _ann = null!;
    private TestClient _bob = null!;
    private RawHubSocket _socket = null!;
    private long _group;

    [OneTimeSetUp]
    public async Task Connect()
    {
        _ann = await RegisterAsync("Ann");
        _bob = await RegisterAsync("Bob");
        _group = (await _ann.CreateGroupAsync("Group", _bob)).ChatId;
        await _ann.SendAsync(_group, "a message");
    }

    [OneTimeTearDown]
    public async Task Disconnect()
    {
        await _ann.DisposeAsync();
        await _bob.DisposeAsync();
    }

    [SetUp]
    public async Task OpenSocket() => _socket = await RawHubSocket.ConnectAsync(Server.Address, _ann.Account.AccessToken);

    [TearDown]
    public async Task CloseSocket() => await _socket.DisposeAsync();

    public static IReadOnlyList<HubMethod> Methods => HubSurface.Methods;

    [TestCaseSource(nameof(Methods))]
    public Task Arguments_that_are_no_request(HubMethod method) => NothingIsWrittenAsync(async () =>
    {
        var valid = Valid(method).ToJsonString();
        string[] always = ["[null]", "[]", $"[{valid},{valid}]", "[\"text\"]", "[5]", "[true]", "[[]]", $"[[{valid}]]"];
        foreach (var arguments in always) await MustBeRefusedAsync(method.Name, arguments);
        // An object without a field is fine where every field is optional.
        if (method.Fields.Any(f => !f.Optional && f.Name != "afterMessageId")) await MustBeRefusedAsync(method.Name, "[{}]");
    });

    [TestCaseSource(nameof(Methods))]
    public Task Fields_with_bad_values(HubMethod method) => NothingIsWrittenAsync(async () =>
    {
        foreach (var field in method.Fields)
            foreach (var bad in BadValues.For(method, field))
            {
                var request = Valid(method);
                request.Remove(field.Name);
                // By hand, since a JSON library would not write half a character.
                var json = request.ToJsonString();
                json = (json == "{}" ? "{" : json[..^1] + ",") + $"\"{field.Name}\":{bad}}}";
                var answer = await MustBeRefusedAsync(method.Name, $"[{json}]");
                Assert.That(answer, Does.Contain(field.Name), $"{method.Name} {field.Name}={Short(bad)}: the error names the field");
            }
    });

    [TestCaseSource(nameof(Methods))]
    public Task Required_fields_that_are_missing(HubMethod method) => NothingIsWrittenAsync(async () =>
    {
        foreach (var field in method.Fields.Where(f => !f.Optional))
        {
            // Reading on from nothing is reading from the start.
            if (field.Name == "afterMessageId") continue;
            var request = Valid(method);
            request.Remove(field.Name);
            var answer = await MustBeRefusedAsync(method.Name, $"[{request.ToJsonString()}]");
            Assert.That(answer, Does.StartWith($"invalid: {field.Name}"), method.Name);
        }
    });

    [TestCaseSource(nameof(Methods))]
    public Task A_stream_is_not_offered(HubMethod method) => NothingIsWrittenAsync(async () =>
    {
        var answer = await _socket.SendCallAsync(id =>
            $$"""{"type":4,"invocationId":"{{id}}","target":"{{method.Name}}","arguments":[{{Valid(method).ToJsonString()}}]}""");
        Assert.That(answer.Error, Is.Not.Null);
        Assert.That(WireErrors.IsOfTheContract(answer.Error!), answer.Error);
    });

    [TestCase("NoSuchMethod")]
    [TestCase("")]
    [TestCase("OnConnectedAsync")]
    [TestCase("OnDisconnectedAsync")]
    [TestCase("Dispose")]
    [TestCase("ToString")]
    [TestCase("MessagePosted")]
    [TestCase("get_Context")]
    public Task An_unknown_method(string method) => NothingIsWrittenAsync(async () =>
    {
        var answer = await MustBeRefusedAsync(method, "[{}]");
        Assert.That(answer, Does.StartWith("not_found: "));
    });

    [Test]
    public Task Streams_that_nobody_asked_for() => NothingIsWrittenAsync(async () =>
    {
        var answer = await _socket.SendCallAsync(id =>
            $$"""{"type":1,"invocationId":"{{id}}","target":"GetChat","arguments":[{"chatId":{{_group}}}],"streamIds":["s"]}""");
        Assert.That(answer.Error, Is.Not.Null.And.Matches<string>(WireErrors.IsOfTheContract));
        await _socket.SendTextAsync("""{"type":2,"invocationId":"s","item":5}""" + RawHubSocket.Separator);
        await _socket.SendTextAsync("""{"type":5,"invocationId":"nothing"}""" + RawHubSocket.Separator);
        await StillWorksAsync();
    });

    [Test]
    public async Task More_than_one_anchor()
    {
        var answer = await MustBeRefusedAsync("ListMessages", $"[{{\"chatId\":{_group},\"beforeMessageId\":1,\"afterMessageId\":1}}]");
        Assert.That(answer, Does.StartWith("invalid: afterMessageId: "));
    }

    [Test]
    public async Task A_list_of_too_many_ids()
    {
        var ids = string.Join(',', Enumerable.Range(1, Limits.PageSize + 1));
        var answer = await MustBeRefusedAsync("AddMembers", $"[{{\"chatId\":{_group},\"userIds\":[{ids}]}}]");
        Assert.That(answer, Does.StartWith("too_large: userIds: "));
        ids = string.Join(',', Enumerable.Range(1, Limits.GroupSize));
        answer = await MustBeRefusedAsync("CreateGroup", $"[{{\"clientGroupId\":\"{Guid.NewGuid()}\",\"title\":\"t\",\"memberIds\":[{ids}]}}]");
        Assert.That(answer, Does.StartWith("too_large: memberIds: "));
    }

    [TestCase("👋", TestName = "An emoji of four bytes")]
    [TestCase("👩‍👩‍👧‍👦 🏳️‍🌈 👍🏽", TestName = "Joined emoji, flags and skin tones")]
    [TestCase("e\u0301 n\u0303 a\u0308\u0323 \u0e01\u0e33 \u0915\u094d\u0937", TestName = "Combining characters, not normalised")]
    [TestCase("שלום مرحبا \u202eabc\u202c", TestName = "Right to left")]
    [TestCase("a\tb\nc\r\nd", TestName = "Tabs and line ends")]
    [TestCase("\u200b\ufeff\ufffd\ufffe\uffff", TestName = "Zero width, marks and non-characters")]
    [TestCase("'; DROP TABLE messages; -- \\' \\\\ %s @t0 @now {0} ` \" 100% \\0", TestName = "What looks like SQL")]
    [TestCase("  spaces around  ", TestName = "Spaces around")]
    [TestCase("ß ǆ İ ı Σ ς ﬁ", TestName = "Letters with odd cases")]
    public async Task A_text_stays_intact(string text)
    {
        var clientMessageId = Guid.NewGuid();
        var sent = await _ann.SendAsync(_group, text, clientMessageId);
        var pushed = await _bob.Messages.WaitForAsync(m => m.MessageId == sent.MessageId);
        var read = (await _bob.SyncAsync(_group, sent.MessageId - 1)).Messages.Single();
        Assert.Multiple(() =>
        {
            Assert.That(pushed.Text, Is.EqualTo(text));
            Assert.That(read, Is.EqualTo(pushed));
            Assert.That(read.ClientMessageId, Is.EqualTo(clientMessageId));
            Assert.That(read.SentAt, Is.EqualTo(sent.SentAt));
        });
    }

    [Test]
    public async Task The_longest_text_fits_however_it_is_written()
    {
        var longest = string.Concat(Enumerable.Repeat("👋", Limits.TextLength / 2));
        var escaped = string.Concat(longest.Select(c => $"\\u{(int)c:x4}"));
        var answer = await _socket.CallAsync("SendMessage", $"[{{\"chatId\":{_group},\"clientMessageId\":\"{Guid.NewGuid()}\",\"text\":\"{escaped}\"}}]");
        Assert.That(answer.Error, Is.Null);
        var messageId = answer.Result!.Value.GetProperty("messageId").GetInt64();
        Assert.That((await _bob.SyncAsync(_group, messageId - 1)).Messages.Single().Text, Is.EqualTo(longest));
    }

    [Test]
    public async Task The_longest_list_fits()
    {
        // 1,023 ids of sixteen digits. The people do not exist, which is found out only after the list was read.
        var ids = string.Join(',', Enumerable.Range(1, Limits.GroupSize - 1).Select(i => (1L << 53) - i));
        var answer = await MustBeRefusedAsync("CreateGroup", $"[{{\"clientGroupId\":\"{Guid.NewGuid()}\",\"title\":\"t\",\"memberIds\":[{ids}]}}]");
        Assert.That(answer, Does.StartWith("invalid: memberIds: "));
    }

    [Test]
    public async Task A_field_that_nobody_knows_is_passed_over()
    {
        var answer = await _socket.CallAsync("GetChat", $"[{{\"chatId\":{_group},\"somethingNew\":{{\"a\":[1]}}}}]");
        Assert.That(answer.Error, Is.Null);
    }

    private JsonObject Valid(HubMethod method) => HubSurface.ValidRequest(method, _group, _bob.UserId);

    private async Task NothingIsWrittenAsync(Func<Task> calls)
    {
        var before = await Database.PictureAsync();
        await calls();
        Assert.That(await Database.PictureAsync(), Is.EqualTo(before), "something was written");
        await StillWorksAsync();
    }

    private async Task<string> MustBeRefusedAsync(string method, string arguments)
    {
        var answer = await _socket.CallAsync(method, arguments);
        Assert.That(answer.Error, Is.Not.Null, $"{method}({Short(arguments)}) was accepted");
        Assert.That(WireErrors.IsOfTheContract(answer.Error!), $"{method}({Short(arguments)}): {answer.Error}");
        Assert.That(WireErrors.CodeOf(answer.Error!), Is.AnyOf("invalid", "too_large", "not_found"), $"{method}({Short(arguments)}): {answer.Error}");
        return answer.Error!;
    }

    private async Task StillWorksAsync()
    {
        var answer = await _socket.CallAsync(nameof(ChatHub.GetChat), $"[{{\"chatId\":{_group}}}]");
        Assert.That(answer.Error, Is.Null);
    }

    private static string Short(string text) => text.Length <= 120 ? text : text[..120] + "…";
}
