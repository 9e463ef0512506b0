"""What a person is told by mail, and how far that has got."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from annotations.models.base import one_of
from annotations.rules.notices import Digest


class MailSettings(models.Model):
    """A person's wish for mail; nobody without a row gets any. The last mail told of everything until `told_until`."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="mail_settings"
    )
    digest = models.CharField(max_length=10, default=Digest.OFF)
    told_until = models.DateTimeField(default=timezone.now)

    class Meta:
        db_table = "mail_settings"
        constraints = [one_of("digest", Digest, "mail_settings_digest")]
