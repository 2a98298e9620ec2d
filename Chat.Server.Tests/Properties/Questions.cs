namespace Chat.Server.Tests.Properties;

/// <summary>
/// What a device asks for, each thing once at a time: whoever wants it meanwhile makes it go round once more. The caller holds the device's gate.
/// </summary>
internal sealed class Questions(Device device)
{
    private readonly Dictionary<(string What, long ChatId), Question> _running = [];

    /// <param name="isGone">Called, under the gate, when the answer is that there is no such thing.</param>
    public void Ask(string what, long chatId, Func<Question, Task> ask, Action? isGone = null)
    {
        var key = (what, chatId);
        if (_running.TryGetValue(key, out var running))
        {
            running.Again = true;
            return;
        }
        var question = new Question();
        _running.Add(key, question);
        device.Run(() => AskAsync(key, question, ask, isGone));
    }

    /// <summary>The chat was left: answers that are on their way may be older than that.</summary>
    public void Void(long chatId)
    {
        foreach (var (key, question) in _running.Where(r => r.Key.ChatId == chatId).ToList())
        {
            question.IsVoid = true;
            _running.Remove(key);
        }
    }

    private async Task AskAsync((string What, long ChatId) key, Question question, Func<Question, Task> ask, Action? isGone)
    {
        while (true)
        {
            var wasGone = false;
            try
            {
                await ask(question);
            }
            catch (RefusedException refused) when (isGone is not null && refused.Code is Errors.ErrorCodes.NotFound)
            {
                wasGone = true;
            }
            lock (device.Gate)
            {
                if (question.IsVoid) return;
                if (!question.Again)
                {
                    _running.Remove(key);
                    if (wasGone) isGone!();
                    return;
                }
                question.Again = false;
            }
        }
    }
}

internal sealed class Question
{
    public bool Again { get; set; }

    /// <summary>The chat was left meanwhile: the answer may be older than that.</summary>
    public bool IsVoid { get; set; }
}
