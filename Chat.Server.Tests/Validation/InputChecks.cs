using System.Text.RegularExpressions;
using Chat.Server.Errors;
using Chat.Server.Validation;

namespace Chat.Server.Tests.Validation;

internal sealed class InputChecks
{
    [TestCase("a", false)]
    [TestCase("ß", false)]
    [TestCase("👩‍💻 ok", false)]
    [TestCase("a\nb\tc\r\n", true)]
    public void Good_text_passes_unchanged(string text, bool allowNewLines) =>
        Assert.That(Check.Text("f", text, 1, 20, allowNewLines), Is.EqualTo(text));

    // Escaped, since neither an attribute nor a test's name can hold half a character.
    [TestCase(null, "invalid")]
    [TestCase("", "invalid")]
    [TestCase("a", "invalid")]
    [TestCase("123456", "too_large")]
    [TestCase(@"a\nb", "invalid")]
    [TestCase(@"a\u2028b", "invalid")]
    [TestCase(@"a\u0000b", "invalid")]
    [TestCase(@"a\u007fb", "invalid")]
    [TestCase(@"a\u0085b", "invalid")]
    [TestCase(@"ab\ud83d", "invalid")]
    [TestCase(@"\ud83dab", "invalid")]
    [TestCase(@"\ude00ab", "invalid")]
    [TestCase(@"\ude00\ud83d", "invalid")]
    public void Bad_text_is_refused_by_name_and_not_repeated(string? escaped, string code)
    {
        var text = escaped is null ? null : Regex.Unescape(escaped);
        var error = Assert.Throws<ChatException>(() => Check.Text("field", text, 2, 5))!;
        Assert.That(error.Code, Is.EqualTo(code));
        Assert.That(error.Message, Does.StartWith("field: "));
        if (text is { Length: > 1 }) Assert.That(error.Message, Does.Not.Contain(text));
    }

    [TestCase(@"a\u0000b")]
    [TestCase(@"a\u001bb")]
    [TestCase(@"\ud83d\n")]
    public void Where_lines_may_end_control_characters_still_may_not_stand(string escaped) =>
        Assert.That(() => Check.Text("f", Regex.Unescape(escaped), 1, 20, allowNewLines: true), Throws.TypeOf<ChatException>());

    [TestCase(1)]
    [TestCase(9007199254740991)]
    public void Good_ids_pass(long id) => Assert.That(Check.Id("f", id), Is.EqualTo(id));

    [TestCase(0)]
    [TestCase(-1)]
    [TestCase(9007199254740992)]
    [TestCase(long.MinValue)]
    public void Bad_ids_are_refused(long id) => Assert.That(() => Check.Id("f", id), Throws.TypeOf<ChatException>());

    [Test]
    public void Ids_are_deduplicated_in_order() => Assert.That(Check.Ids("f", [3, 1, 3, 2], 4), Is.EqualTo(new long[] { 3, 1, 2 }));

    [Test]
    public void An_all_zero_uuid_is_refused() => Assert.That(() => Check.Uuid("f", Guid.Empty), Throws.TypeOf<ChatException>());

    [Test]
    public void A_range_has_a_fallback_and_ends()
    {
        Assert.That(Check.Range("f", null, 1, 100, 50), Is.EqualTo(50));
        Assert.That(Check.Range("f", 100, 1, 100, 50), Is.EqualTo(100));
        Assert.That(() => Check.Range("f", 101, 1, 100, 50), Throws.TypeOf<ChatException>());
        Assert.That(() => Check.Range("f", 0, 1, 100, 50), Throws.TypeOf<ChatException>());
    }
}
