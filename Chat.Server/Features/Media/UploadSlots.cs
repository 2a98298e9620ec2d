using Chat.Server.Errors;

namespace Chat.Server.Features.Media;

/// <summary>Bounds how many uploads are under way on this node, in all and for each user: each holds a file and a buffer.</summary>
internal sealed class UploadSlots(MediaOptions options)
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(2);

    private readonly Lock _gate = new();
    private readonly Dictionary<long, int> _byUser = [];
    private int _all;

    /// <exception cref="ChatException"><c>unavailable</c>, <c>rate_limited</c></exception>
    public IDisposable Enter(long userId)
    {
        lock (_gate)
        {
            var own = _byUser.GetValueOrDefault(userId);
            if (own >= options.MaxUploadsPerUser)
                throw ChatException.RateLimited($"at most {options.MaxUploadsPerUser} uploads at the same time", RetryAfter);
            if (_all >= options.MaxUploads) throw ChatException.Unavailable("too many uploads are under way", RetryAfter);
            _byUser[userId] = own + 1;
            _all++;
            return new Slot(this, userId);
        }
    }

    private void Leave(long userId)
    {
        lock (_gate)
        {
            _all--;
            if (--_byUser[userId] == 0) _byUser.Remove(userId);
        }
    }

    private sealed class Slot(UploadSlots slots, long userId) : IDisposable
    {
        private bool _left;

        public void Dispose()
        {
            if (_left) return;
            _left = true;
            slots.Leave(userId);
        }
    }
}
