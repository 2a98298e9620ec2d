using System.Text.Json.Nodes;
using Chat.Data.Messages;

namespace Chat.Server.Tests.Blocks;

[TestFixture]
public sealed class TheMarkOfWhatIsWithheld
{
    [TestCase(null)]
    [TestCase("""{"mentions":[5]}""")]
    public void A_body_keeps_what_it_holds(string? body)
    {
        Assert.That(WithheldMessages.IsMarked(body), Is.False);
        var marked = WithheldMessages.Mark(body);
        Assert.That(WithheldMessages.IsMarked(marked), Is.True);
        Assert.That(WithheldMessages.IsMarked(WithheldMessages.Mark(marked)), Is.True);
        if (body is not null) Assert.That(JsonNode.Parse(marked)!["mentions"]![0]!.GetValue<int>(), Is.EqualTo(5));
    }

    [TestCase("""{"title":"\"withheld\":true"}""")]
    [TestCase("""{"withheld":false}""")]
    [TestCase("""{"withheld":"true"}""")]
    [TestCase("""{"inner":{"withheld":true}}""")]
    [TestCase("""["withheld"]""")]
    public void Nothing_else_is_taken_for_it(string body) => Assert.That(WithheldMessages.IsMarked(body), Is.False);
}
