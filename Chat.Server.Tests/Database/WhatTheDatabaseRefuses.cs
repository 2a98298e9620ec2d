using Chat.Data;
using Chat.Data.Chats;
using Chat.Data.Messages;
using Chat.Server.Tests.Support;
using Dapper;
using Microsoft.Extensions.Logging.Abstractions;

namespace Chat.Server.Tests.Database;

/// <summary>
/// A refused transaction is run again or answered as unavailable, a transaction that may be committed is reported as unknown. The
/// refusals are made by a trigger, which counts them in a table without transactions.
/// </summary>
[TestFixture]
public sealed class WhatTheDatabaseRefuses : DatabaseFixture
{
    private const int LostRace = 1213;
    private const int NodeNotReady = 1047;
    private const int CommitFailed = 1180;

    private IReadOnlyList<long> _users = [];
    private Roster _chat = null!;

    [OneTimeSetUp]
    public async Task MakeTrigger()
    {
        _users = await Database.UsersAsync(2);
        _chat = await Database.GroupAsync(_users);
        await Database.MessagesAsync(_chat.ChatId, _users[0], 1);
        await Database.ExecuteAsync("CREATE TABLE refusals (id INT PRIMARY KEY, number INT NOT NULL, remaining INT NOT NULL) ENGINE=MyISAM");
        await Database.ExecuteAsync("INSERT INTO refusals VALUES (1, 0, 0)");
        await Database.ExecuteAsync("""
            CREATE TRIGGER refuse BEFORE INSERT ON messages FOR EACH ROW
            BEGIN
              DECLARE error_number INT DEFAULT NULL;
              SELECT number INTO error_number FROM refusals WHERE remaining > 0;
              IF error_number IS NOT NULL THEN
                UPDATE refusals SET remaining = remaining - 1;
                SIGNAL SQLSTATE '45000' SET MYSQL_ERRNO = error_number, MESSAGE_TEXT = 'refused by the test';
              END IF;
            END
            """);
    }

    [Test]
    public async Task A_lost_race_is_run_until_it_is_won()
    {
        var observer = new RecordingObserver();
        await using var appender = Appender(observer);
        await RefuseAsync(LostRace, times: 12);
        var message = _chat.Message(_users[0]);
        var result = await appender.AppendAsync(message).OrDeadline();
        Assert.That(result.Outcome, Is.EqualTo(AppendOutcome.Stored));
        Assert.That((await Database.StoredAsync(_chat.ChatId)).Count(m => m.ClientId() == message.ClientMessageId), Is.EqualTo(1));
        Assert.That(observer.Unknown, Is.Empty);
    }

    [Test]
    public Task One_that_is_always_lost_is_given_up_and_certainly_not_stored() => ExpectUnavailableAsync(LostRace, times: 1000, tried: 30, unknown: false);

    [Test]
    public Task A_node_without_its_cluster_is_not_asked_twice_and_has_stored_nothing() => ExpectUnavailableAsync(NodeNotReady, times: 1000, tried: 1, unknown: false);

    /// <summary>On a cluster the INSERT, which is refused here, is a command of its own, and no commit is on its way yet.</summary>
    [Test]
    public Task A_commit_that_fails_may_have_taken_place() =>
        ExpectUnavailableAsync(CommitFailed, times: 1000, tried: 1, unknown: !Database.Database.OneStatementAtATime);

    [Test]
    public async Task Transactions_are_told_apart_in_the_same_way()
    {
        foreach (var (number, nothingWritten) in new[] { (LostRace, true), (NodeNotReady, true), (CommitFailed, true) })
        {
            await RefuseAsync(number, times: 1000);
            var failure = Assert.ThrowsAsync<DataUnavailableException>(() => Database.Database.InTransactionAsync(
                (connection, transaction) => connection.ExecuteAsync("INSERT INTO messages SELECT * FROM messages LIMIT 1", transaction: transaction),
                CancellationToken.None));
            Assert.That(failure.NothingWritten, Is.EqualTo(nothingWritten), $"{number} before the commit was sent");
        }
        await RefuseAsync(0, times: 0);
    }

    private async Task ExpectUnavailableAsync(int number, int times, int tried, bool unknown)
    {
        var observer = new RecordingObserver();
        await using var appender = Appender(observer);
        await RefuseAsync(number, times);
        var message = _chat.Message(_users[0]);
        var failure = Assert.ThrowsAsync<DataUnavailableException>(() => appender.AppendAsync(message).OrDeadline());
        Assert.That(failure.NothingWritten, Is.EqualTo(!unknown));
        Assert.That(times - await Database.ScalarAsync<int>("SELECT remaining FROM refusals"), Is.EqualTo(tried));
        Assert.That(observer.Unknown, unknown ? Is.EqualTo(new[] { _chat.ChatId }) : Is.Empty);

        await RefuseAsync(0, times: 0);
        Assert.That((await appender.AppendAsync(message).OrDeadline()).Outcome, Is.EqualTo(AppendOutcome.Stored), "a repeat tells, and the lane goes on");
    }

    private Task<int> RefuseAsync(int number, int times) =>
        Database.ExecuteAsync("UPDATE refusals SET number = @number, remaining = @times", new { number, times });

    private MessageAppender Appender(IAppendObserver observer) =>
        new(Database.Database, observer, new AppenderLimits(), TestMetrics.Data(), TimeProvider.System, NullLogger<MessageAppender>.Instance);
}
