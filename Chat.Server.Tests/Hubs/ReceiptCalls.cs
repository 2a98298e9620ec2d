using Chat.Data.Receipts;
using Chat.Server.Errors;
using Chat.Server.Tests.Support;
using Moq;

namespace Chat.Server.Tests.Hubs;

/// <summary><c>ChatHub.Receipts.cs</c> with the database mocked.</summary>
[TestFixture]
public sealed class ReceiptCalls
{
    private HubHarness _harness = null!;

    [SetUp]
    public void SetUp() => _harness = new HubHarness();

    [TearDown]
    public void TearDown() => _harness.Dispose();

    [TestCase(false)]
    [TestCase(true)]
    public async Task A_mark_goes_to_the_writer_and_answers_where_one_stands(bool read)
    {
        _harness.Receipts.Setup(r => r.MarkAsync(new Mark(HubHarness.Group, HubHarness.Bob, 7, read, "connection"))).ReturnsAsync(new MarkedPosition(MarkOutcome.Unchanged, 9, 8));
        var hub = _harness.As(HubHarness.Bob);
        var request = new MarkRequest(HubHarness.Group, 7);
        var result = await (read ? hub.MarkRead(request) : hub.MarkDelivered(request));
        Assert.That(result, Is.EqualTo(new MarkResult(HubHarness.Group, 9, 8)));
    }

    [Test]
    public void A_mark_of_a_stranger_never_reaches_the_writer()
    {
        var error = Assert.ThrowsAsync<ChatException>(() => _harness.As(HubHarness.Carol).MarkRead(new MarkRequest(HubHarness.DirectChat, 1)));
        Assert.That(error.Code, Is.EqualTo(ErrorCodes.NotFound));
    }

    [TestCase(MarkOutcome.NotAParticipant, "not_found: ")]
    [TestCase(MarkOutcome.BeyondLastMessage, "invalid: upTo: ")]
    public void A_mark_that_the_database_refuses(MarkOutcome outcome, string expected)
    {
        _harness.Receipts.Setup(r => r.MarkAsync(It.IsAny<Mark>())).ReturnsAsync(new MarkedPosition(outcome, 0, 0));
        var error = Assert.ThrowsAsync<ChatException>(() => _harness.As(HubHarness.Bob).MarkDelivered(new MarkRequest(HubHarness.Group, 1)));
        Assert.That(error.WireText, Does.StartWith(expected));
    }

    [Test]
    public async Task Who_has_a_message()
    {
        var at = DateTime.UnixEpoch;
        _harness.MessageInfo.Setup(m => m.FindAsync(HubHarness.Group, 5, HubHarness.Ann, It.IsAny<CancellationToken>())).ReturnsAsync(new MessageInfoHead(HubHarness.Ann, at));
        _harness.MessageInfo.Setup(m => m.ListAsync(HubHarness.Group, 5, HubHarness.Ann, It.IsAny<CancellationToken>())).ReturnsAsync(
        [
            new MessageInfoRow(1, at.AddMinutes(1), at.AddMinutes(2)),
            new MessageInfoRow(2, null, null),
            new MessageInfoRow(3, at.AddMinutes(1), null),
            // Read before it was delivered: marks that came in that order.
            new MessageInfoRow(4, at.AddMinutes(3), at.AddMinutes(2)),
            new MessageInfoRow(5, null, at.AddMinutes(2)),
        ]);
        var info = await _harness.As(HubHarness.Ann).GetMessageInfo(new GetMessageInfoRequest(HubHarness.Group, 5));
        Assert.That(info.Receipts.Select(r => (r.UserId, Minutes(r.DeliveredAt), Minutes(r.ReadAt))), Is.EqualTo(new (long, double?, double?)[]
        {
            (1, 1, 2), (2, null, null), (3, 1, null), (4, 2, 2), (5, 2, 2),
        }));
        double? Minutes(DateTime? time) => (time - at)?.TotalMinutes;
    }

    [Test]
    public void Somebody_elses_message_is_forbidden_and_one_that_is_not_there_is_not_found()
    {
        _harness.MessageInfo.Setup(m => m.FindAsync(HubHarness.Group, 5, HubHarness.Bob, It.IsAny<CancellationToken>())).ReturnsAsync(new MessageInfoHead(HubHarness.Ann, default));
        _harness.MessageInfo.Setup(m => m.FindAsync(HubHarness.Group, 6, HubHarness.Bob, It.IsAny<CancellationToken>())).ReturnsAsync((MessageInfoHead?)null);
        var hub = _harness.As(HubHarness.Bob);
        Assert.That(Assert.ThrowsAsync<ChatException>(() => hub.GetMessageInfo(new GetMessageInfoRequest(HubHarness.Group, 5))).Code, Is.EqualTo(ErrorCodes.Forbidden));
        Assert.That(Assert.ThrowsAsync<ChatException>(() => hub.GetMessageInfo(new GetMessageInfoRequest(HubHarness.Group, 6))).Code, Is.EqualTo(ErrorCodes.NotFound));
    }
}
