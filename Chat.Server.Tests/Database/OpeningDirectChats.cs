using Chat.Data.Chats;
using Chat.Server.Tests.Support;

namespace Chat.Server.Tests.Database;

[TestFixture]
public sealed class OpeningDirectChats : DatabaseFixture
{
    private int _calls;

    /// <summary>Each call goes to the next node, where the database is a cluster.</summary>
    private DirectChatRepository Chats => new(Database.DatabaseAt(Interlocked.Increment(ref _calls)));

    [Test]
    public async Task Two_people_at_once_a_hundred_times()
    {
        var users = await Database.UsersAsync(101);
        for (var i = 1; i <= 100; i++)
        {
            var opened = await Task.WhenAll(OpenAsync(users[0], users[i]), OpenAsync(users[i], users[0]));
            Assert.That(opened[0], Is.Not.Null.And.EqualTo(opened[1]));
        }
        Assert.That(await Database.ScalarAsync<long>("SELECT COUNT(*) FROM chats WHERE created_by IN @users", new { users }), Is.EqualTo(100));
        Assert.That(
            await Database.ScalarAsync<long>("SELECT COUNT(*) FROM chat_participants WHERE user_id = @User", new { User = users[0] }), Is.EqualTo(100));
    }

    [Test]
    public async Task Many_devices_of_both_at_once()
    {
        var users = await Database.UsersAsync(2);
        var opened = await Task.WhenAll(Enumerable.Range(0, 40).Select(i => Task.Run(() => OpenAsync(users[i % 2], users[(i + 1) % 2]))));
        Assert.That(opened.Distinct().ToList(), Has.Count.EqualTo(1));
        var participants = await Database.ListAsync<long>(
            "SELECT user_id FROM chat_participants WHERE chat_id = @ChatId ORDER BY user_id", new { ChatId = opened[0] });
        Assert.That(participants, Is.EqualTo(users.Order()));
    }

    [Test]
    public async Task Everybody_with_everybody_at_once()
    {
        var users = await Database.UsersAsync(8);
        var pairs = users.SelectMany(a => users.Where(b => a != b).Select(b => (A: a, B: b))).ToList();
        var opened = await Task.WhenAll(pairs.Select(p => Task.Run(() => OpenAsync(p.A, p.B))));
        Assert.That(opened, Has.None.Null);
        Assert.That(opened.Distinct().Count(), Is.EqualTo(8 * 7 / 2));
    }

    [Test]
    public async Task With_somebody_who_does_not_exist()
    {
        var users = await Database.UsersAsync(1);
        var before = await Database.PictureAsync();
        Assert.That(await OpenAsync(users[0], 999_999_999), Is.Null);
        Assert.That(await Database.PictureAsync(), Is.EqualTo(before));
    }

    private Task<long?> OpenAsync(long userId, long otherUserId) =>
        Chats.OpenAsync(userId, otherUserId, DateTime.UnixEpoch, CancellationToken.None);
}
