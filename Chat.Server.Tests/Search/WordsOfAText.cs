using Chat.Data.Search;

namespace Chat.Server.Tests.Search;

/// <summary>By what a text is found, in whatever script.</summary>
[TestFixture]
public sealed class WordsOfAText
{
    [TestCase("Hello, World!", "hello world")]
    [TestCase("don't  can’t 'quoted'", "dont cant quoted")]
    [TestCase("Ünïcödé Straße ÆRØ", "unicode strasse aero")]
    [TestCase("u\u0308ber", "uber")]
    [TestCase("Ёлка ЙОГУРТ", "елка иогурт")]
    [TestCase("ΣΊΣΥΦΟΣ", "σισυφοσ")]
    [TestCase("ＦＵＬＬ １２", "full 12")]
    [TestCase("İstanbul", "istanbul")]
    [TestCase("a1 2b 3.14", "a1 2b 3 14")]
    [TestCase("סֵפֶר", "ספר")]
    [TestCase("हिन्दी में", "हिन्दी में")]
    [TestCase("안녕하세요 세계", "안녕하세요 세계")]
    [TestCase("東京都", "東京 京都 都")]
    [TestCase("カタカナtest", "カタ タカ カナ ナ test")]
    [TestCase("字", "字")]
    [TestCase("𠀀𠀁", "𠀀𠀁 𠀁")]
    [TestCase("👍 … — \ud83d", "")]
    [TestCase("same SAME sáme", "same")]
    public void Words_are_folded(string text, string words) =>
        Assert.That(string.Join(' ', SearchWords.TermsOf(text)), Is.EqualTo(words));

    [Test]
    public void Long_words_and_long_texts_are_bounded()
    {
        Assert.That(SearchWords.TermsOf(new string('x', 4096)), Is.EqualTo(new[] { new string('x', 32) }));
        Assert.That(SearchWords.TermsOf(string.Join(' ', Enumerable.Range(0, 1000))), Has.Count.EqualTo(SearchWords.MaxTerms));
    }

    [TestCase("hello wor", "The WORLD says hello", true)]
    [TestCase("hello wor", "hello sword", false)]
    [TestCase("he", "hello", false, Description = "two letters are a whole word")]
    [TestCase("he", "he said", true)]
    [TestCase("cafe", "Cafés", true)]
    [TestCase("東京", "東京都", true)]
    [TestCase("京都", "東京都に", true)]
    [TestCase("京", "東京都", true)]
    [TestCase("都", "東京都", true)]
    [TestCase("東都", "東京都", false)]
    [TestCase("東京 hotel", "Hotel in 東京都", true)]
    public void A_message_has_every_word_and_the_last_may_be_a_beginning(string query, string text, bool found) =>
        Assert.That(SearchQuery.Parse(query)!.Matches(text), Is.EqualTo(found));

    [Test]
    public void Words_are_shown_where_they_stand()
    {
        var text = "Ünder the bridge, under 東京都!";
        var ranges = SearchQuery.Parse("under 東京都")!.FindIn(text);
        Assert.That(ranges.Select(r => text.Substring(r.Start, r.Length)), Is.EqualTo(new[] { "Ünder", "under", "東京都" }));
        Assert.That(SearchQuery.Parse("…"), Is.Null);
    }
}
